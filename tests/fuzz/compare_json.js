// Compares the results of canonical_json_fuzz with JavaScript's own: node compare_json.js FILE
import fs from 'node:fs';

let compared = 0;
for (const line of fs.readFileSync(process.argv[2], 'utf8').split('\n')) {
  if (!line.includes(' ')) continue;
  const [input, result] = line.split(' ').map((text) => Buffer.from(text, 'base64').toString());
  const wanted = JSON.stringify(JSON.parse(input));
  if (wanted !== result) {
    console.error(`input  ${input}\nwanted ${wanted}\nwas    ${result}`);
    process.exit(1);
  }
  ++compared;
}
console.log(`${compared} results are JavaScript's own`);
process.exit(compared > 0 ? 0 : 1);
