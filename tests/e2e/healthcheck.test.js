// What the health check of the receiver's image asks.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {createServer} from 'node:net';
import path from 'node:path';
import {test} from 'node:test';

const receiver = path.join(process.env.WEBHOOK_BIN_DIR, 'webhook-receiver');
const check = (address) => spawnSync(receiver, ['--addr', address, '--healthcheck'], {timeout: 10_000}).status;

test('the receiver says whether one answers at its address', async () => {
  const {host} = new URL(process.env.WEBHOOK_RECEIVER_URL);
  assert.equal(check(host), 0);
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const {port} = taken.address();
  await new Promise((resolve) => taken.close(resolve));
  assert.equal(check(`127.0.0.1:${port}`), 1);
});
