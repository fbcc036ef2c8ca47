// Texts of strangers, made fit to be looked at. Pure.

// Characters that would do something instead of being seen: control characters, those that turn the direction of writing,
// and those without width. They become visible names.
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

export function visible(text) {
  return text.replace(unseen, (character) => {
    const code = character.charCodeAt(0);
    if (character === '\r') return '';
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

const mostDepth = 64;

function depthOf(tokens) {
  let depth = 0;
  let most = 0;
  for (const token of tokens) {
    if (token === '{' || token === '[') most = Math.max(most, ++depth);
    if (token === '}' || token === ']') --depth;
  }
  return most;
}

// JSON with line breaks and indents; every token stays byte for byte as it is, numbers that no double holds too. Text that
// is no JSON comes back unchanged, and so does what is nested so deeply that indents would be most of it.
export function indent(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? [];
  if (depthOf(tokens) > mostDepth) return text;
  let out = '';
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    const empty = (before === '{' && token === '}') || (before === '[' && token === ']');
    if ((token === '}' || token === ']') && !empty) {
      depth -= 1;
      out += line();
    } else if (token === '}' || token === ']') {
      depth -= 1;
    } else if (before === '{' || before === '[' || before === ',') {
      out += line();
    } else if (before === ':') {
      out += ' ';
    }
    out += token;
    if (token === '{' || token === '[') depth += 1;
  });
  return out;
}

// Request line and headers as they were sent: {line, headers: [[name, value], …]}.
export function readHead(head) {
  const [line = '', ...rest] = head.split(/\r?\n/).filter((part) => part !== '');
  return {line, headers: rest.map(readHeader)};
}

export function readHeader(text) {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1).trim()];
}

export const headerOf = (headers, name) => headers.find(([own]) => own.toLowerCase() === name)?.[1];
