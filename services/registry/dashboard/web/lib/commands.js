// Commands for a shell that do what a page does. Pure.

// One word of a POSIX shell.
export const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

// Publishing an event, three ways: [{tool, command, hint}]. `data`: JSON text; `rest`: where the REST API is.
export function publishCommands({event, data, account, rest}) {
  const json = data.trim();
  return [
    {
      tool: 'webhookctl',
      command: `webhookctl events publish ${event} --account ${account} \\\n  --data ${quoted(json)}`,
      hint: 'Over gRPC: WEBHOOK_INGEST_ADDR says where, WEBHOOK_API_KEY with which key.',
    },
    {
      tool: 'curl',
      command: `curl -X POST ${quoted(`${rest}/v2/events`)} \\\n  -H "Authorization: Bearer $WEBHOOK_API_KEY" \\\n  -H 'Content-Type: application/json' \\\n  -d ${quoted(`{"event":${JSON.stringify(event)},"data":${json}}`)}`,
      hint: 'The REST twin, for services without gRPC.',
    },
    {
      tool: 'grpcurl',
      command: `grpcurl -H "authorization: Bearer $WEBHOOK_API_KEY" \\\n  -import-path proto -proto webhook/v1/ingest.proto \\\n  -d '{"event":{"account_id":${JSON.stringify(account)},"event_type":${JSON.stringify(event)},"data":"'"$(printf %s ${quoted(json)} | base64 | tr -d '\\n')"'"}}' \\\n  "$WEBHOOK_INGEST_ADDR" webhook.v1.EventIngestService/PublishEvent`,
      hint: 'In a checkout of the platform, whose proto/ it reads. Add -plaintext where the address speaks no TLS.',
    },
  ];
}

// Sending the catalogue's example to one webhook.
export function testCommands({event, webhookId, rest}) {
  return [
    {tool: 'webhookctl', command: `webhookctl webhooks test ${webhookId} --event ${event}`},
    {
      tool: 'curl',
      command: `curl -X POST ${quoted(`${rest}/v2/webhooks/test`)} \\\n  -H "Authorization: Bearer $WEBHOOK_API_KEY" \\\n  -H 'Content-Type: application/json' \\\n  -d ${quoted(JSON.stringify({webhook_id: webhookId, event}))}`,
    },
  ];
}
