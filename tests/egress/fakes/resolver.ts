// A name server that changes its mind: of each name it gives a public address first, and this machine's own from then on.
// Prints its port, and each question it is asked.
import { createSocket } from "node:dgram";

const [first = "", then = ""] = process.argv.slice(2);
const asked = new Map<string, number>();
const socket = createSocket("udp4");

function nameIn(question: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  while ((question[at] ?? 0) > 0) {
    const length = question[at] ?? 0;
    labels.push(question.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), end: at + 5 };
}

socket.on("message", (question, from) => {
  const { name, end } = nameIn(question);
  const isV4 = question.readUInt16BE(end - 4) === 1;
  const before = asked.get(name) ?? 0;
  if (isV4) asked.set(name, before + 1);
  const address = (before === 0 ? first : then).split(".").map(Number);
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(isV4 ? 1 : 0, 6);
  head.fill(0, 8, 12);
  // A pointer to the name, type A, class IN, alive for no second, four bytes.
  const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address]);
  socket.send(Buffer.concat([head, question.subarray(12, end), ...(isV4 ? [answer] : [])]), from.port, from.address);
  if (isV4) console.log(`asked ${name}`);
});
socket.bind(0, "127.0.0.1", () => console.log(`port ${socket.address().port}`));
