// The partition of webhook.deliveries that a webhook's deliveries go to: XXH64 of its id, as libs/domain/topics.cc has it.
const mask = (1n << 64n) - 1n;
const p1 = 11400714785074694791n, p2 = 14029467366897019727n, p3 = 1609587929392839161n, p4 = 9650029242287828579n,
  p5 = 2870177450012600261n;
const rotate = (x, r) => ((x << r) | (x >> (64n - r))) & mask;
const round = (acc, input) => (rotate((acc + input * p2) & mask, 31n) * p1) & mask;
const merge = (acc, value) => (((acc ^ round(0n, value)) * p1) + p4) & mask;

export function xxh64(text) {
  const bytes = Buffer.from(text);
  let at = 0;
  let hash;
  if (bytes.length >= 32) {
    const lanes = [(p1 + p2) & mask, p2, 0n, (-p1) & mask];
    for (; at + 32 <= bytes.length; at += 32) {
      for (let lane = 0; lane < 4; ++lane) lanes[lane] = round(lanes[lane], bytes.readBigUInt64LE(at + lane * 8));
    }
    hash = (rotate(lanes[0], 1n) + rotate(lanes[1], 7n) + rotate(lanes[2], 12n) + rotate(lanes[3], 18n)) & mask;
    for (const lane of lanes) hash = merge(hash, lane);
  } else {
    hash = p5;
  }
  hash = (hash + BigInt(bytes.length)) & mask;
  for (; at + 8 <= bytes.length; at += 8)
    hash = (rotate(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * p1 + p4) & mask;
  if (at + 4 <= bytes.length) {
    hash = (rotate(hash ^ ((BigInt(bytes.readUInt32LE(at)) * p1) & mask), 23n) * p2 + p3) & mask;
    at += 4;
  }
  for (; at < bytes.length; ++at) hash = (rotate(hash ^ ((BigInt(bytes[at]) * p5) & mask), 11n) * p1) & mask;
  hash = ((hash ^ (hash >> 33n)) * p2) & mask;
  hash = ((hash ^ (hash >> 29n)) * p3) & mask;
  return hash ^ (hash >> 32n);
}

export const deliveryPartition = (webhookId, partitions = Number(process.env.WEBHOOK_DELIVERY_PARTITIONS)) => Number(xxh64(webhookId) % BigInt(partitions));
