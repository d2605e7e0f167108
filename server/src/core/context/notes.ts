// What of a log's beginning is kept word for word when the rest becomes a summary. Taken by rules and not by a model, so
// that it is there whatever the model leaves out.
import {
  type Entry,
  type KeptNote,
  peerName,
  type StepBlock,
  type ToolCallBlock,
  type ToolResultBlock,
  textOf,
  toolCallsOf,
} from "@homarus/sdk";
import { namesIn } from "./names-in.ts";
import { firstWords } from "./trim.ts";

/** Words that make a sentence an instruction that is meant to last, in the languages people write to their agents. */
const lasting =
  /\b(?:always|never|from now on|remember|don['’]t ever|do not ever|make sure|in future|whenever|every time|must(?:n['’]t)?|i prefer|call me|my name is|keep in mind|don['’]t forget|do not forget|unless i say|rule)\b|\b(?:immer|niemals|nie|ab jetzt|ab sofort|künftig|in zukunft|merke? dir|vergiss nicht|jedes mal|nenne? mich|ich heiße|denke? daran|bitte kein(?:e[nrs]?)?)\b|\b(?:toujours|jamais|désormais|souviens-toi|n['’]oublie pas|appelle-moi)\b|\b(?:siempre|nunca|a partir de ahora|recuerda|no olvides|llámame)\b|\b(?:sempre|d['’]ora in poi|ricordati?|non dimenticare|chiamami)\b|\b(?:a partir de agora|lembre?-se|não esqueça)\b|\b(?:altijd|nooit|vanaf nu|onthoud|vergeet niet)\b|\b(?:zawsze|nigdy|pamiętaj|od teraz)\b|всегда|никогда|запомни|отныне|не забудь|以后|永远|总是|记住|从现在起|务必|いつも|必ず|絶対|覚えて|今後|항상|절대|기억해|앞으로/iu;
const deciding =
  /\b(?:we (?:decided|agreed|will use|chose)|i (?:decided|chose)|decision|decided|agreed|let['’]s (?:go with|use|take)|we['’]ll (?:go with|use|take))\b|\b(?:entschieden|beschlossen|wir nehmen|abgemacht|einigen wir uns)\b|\b(?:décidé|convenu|decidido|acordado|deciso|afgesproken)\b/iu;
const asking =
  /\b(?:to-?do|remind me|later|still (?:have|need|to do)|next step|not done yet|is open|remains|pending|follow up)\b|\b(?:erinnere mich|später|noch offen|steht noch aus|als nächstes)\b|\b(?:rappelle-moi|recuérdame|ricordami|lembre-me|herinner me)\b/iu;

const longest = 400;

export function notesOf(entries: readonly Entry[]): readonly KeptNote[] {
  const calls = new Map<string, ToolCallBlock>();
  return entries.flatMap((entry): KeptNote[] => {
    const { body } = entry;
    if (body.type === "user") return saidNotes(entry, textOf(body.content));
    if (body.type === "step") {
      for (const call of toolCallsOf(body.content)) calls.set(call.id, call);
      return stepNotes(entry, body.content);
    }
    return body.type === "tool-result" ? resultNotes(entry, body.result, calls.get(body.result.callId)) : [];
  });
}

function noteMaker({ seq, at, body }: Entry): (about: KeptNote["about"], text: string) => KeptNote {
  const from = body.type === "user" ? body.from : undefined;
  const by = from && peerName(from.peer);
  return (about, text) => ({ about, text, seq, at, ...(by === undefined ? {} : { by }) });
}

function saidNotes(entry: Entry, text: string): KeptNote[] {
  const note = noteMaker(entry);
  const from = entry.body.type === "user" ? entry.body.from : undefined;
  // What a web hook or another session brought is read; nobody of the house has asked for it to hold.
  const isOwn = from?.origin !== "hook" && from?.origin !== "agent";
  const sentences = sentencesOf(text).flatMap((sentence): KeptNote[] => {
    if (!isOwn) return [];
    if (lasting.test(sentence)) return [note("instruction", sentence)];
    if (deciding.test(sentence)) return [note("decision", sentence)];
    return asking.test(sentence) ? [note("ask", sentence)] : [];
  });
  return [...sentences, ...namesIn(text, 20).map((name) => note("name", name))];
}

function stepNotes(entry: Entry, content: readonly StepBlock[]): KeptNote[] {
  const note = noteMaker(entry);
  const text = textOf(content);
  const decisions = sentencesOf(text).filter((sentence) => deciding.test(sentence));
  const files = toolCallsOf(content).flatMap((call) => filesOf(call).map((file) => note(...file)));
  return [
    ...decisions.map((sentence) => note("decision", sentence)),
    ...files,
    ...namesIn(text, 10).map((name) => note("name", name)),
  ];
}

const changes = /write|edit|patch|append|create|delete|remove|move|rename|save/i;

function filesOf(call: ToolCallBlock): [KeptNote["about"], string][] {
  if (typeof call.input !== "object" || call.input === null || Array.isArray(call.input)) return [];
  const about = changes.test(call.name) ? "file-changed" : "file-read";
  return Object.entries(call.input).flatMap(([key, value]): [KeptNote["about"], string][] =>
    /^(?:path|file|file_?path|file_?name|target|to)$/i.test(key) && typeof value === "string" && value.length <= 200
      ? [[about, value]]
      : [],
  );
}

function resultNotes(entry: Entry, result: ToolResultBlock, call: ToolCallBlock | undefined): KeptNote[] {
  const note = noteMaker(entry);
  if (!result.isError) return namesIn(textOf(result.content).slice(0, 4_000), 5).map((name) => note("name", name));
  const how = call ? ` ${JSON.stringify(call.input).slice(0, 120)}` : "";
  return [note("failure", `${result.name}${how}: ${firstWords(result, 160).replace(/\s+/g, " ")}`)];
}

/** Sentences and lines, each at most `longest` characters: what is longer is no instruction but a text. */
function sentencesOf(text: string): readonly string[] {
  return text
    .slice(0, 20_000)
    .split(/\n+|(?<=[.!?])\s+|(?<=[。！？])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length > 3 && sentence.length <= longest);
}

/** The last words of a person that nobody answered yet. */
export function openAsk(entries: readonly Entry[]): KeptNote | undefined {
  const at = entries.findLastIndex(({ body }) => body.type === "user");
  const entry = entries[at];
  if (entry?.body.type !== "user") return undefined;
  const isAnswered = entries.slice(at + 1).some(({ body }) => body.type === "step" && body.stopReason === "end");
  const text = textOf(entry.body.content).trim();
  if (isAnswered || text === "") return undefined;
  const words = text.length > 2 * longest ? `${text.slice(0, longest)} … ${text.slice(-longest)}` : text;
  return noteMaker(entry)("ask", words);
}

/** How much of the room each kind may take; what one leaves free is anybody's. In the order of importance. */
const shares: readonly (readonly [about: KeptNote["about"], share: number])[] = [
  ["instruction", 0.45],
  ["ask", 0.15],
  ["decision", 0.15],
  ["failure", 0.08],
  ["name", 0.1],
  ["file-changed", 0.04],
  ["file-read", 0.03],
];

/** Chars a note takes besides its text. */
const frame = 30;

/**
 * Earlier notes and new ones within so many characters. The same thing said again counts once, with its newest time; of
 * each kind the newest stay. In the order they were said.
 */
export function mergeNotes(earlier: readonly KeptNote[], fresh: readonly KeptNote[], budgetChars: number) {
  const newest = new Map<string, KeptNote>();
  for (const note of [...earlier, ...fresh]) {
    const key = `${note.about}:${note.text.toLowerCase().replace(/\s+/g, " ")}`;
    newest.delete(key);
    newest.set(key, note);
  }
  const all = [...newest.values()].sort((a, b) => b.seq - a.seq);
  const kept = new Set<KeptNote>();
  let left = budgetChars;
  const take = (notes: readonly KeptNote[], room: number): void => {
    let free = room;
    for (const note of notes) {
      const size = note.text.length + frame;
      if (kept.has(note) || size > free || size > left) continue;
      kept.add(note);
      free -= size;
      left -= size;
    }
  };
  for (const [about, share] of shares)
    take(
      all.filter((note) => note.about === about),
      budgetChars * share,
    );
  for (const [about] of shares)
    take(
      all.filter((note) => note.about === about),
      left,
    );
  return all.filter((note) => kept.has(note)).reverse();
}
