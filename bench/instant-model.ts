// A model server on this machine that answers at once, so that what is measured is the house.

const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "instant", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const last = `${chunk({}, "stop")}data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "instant", choices: [], usage })}\n\ndata: [DONE]\n\n`;
const short = chunk({ role: "assistant", content: "Done." }, null) + last;
/** Asked for "many" it speaks in a thousand pieces, for the fan-out. */
const long = Array.from({ length: 1_000 }, (_, index) => chunk({ content: `word${index} ` }, null)).join("") + last;

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    const body = (await request.text()).includes("many words") ? long : short;
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  },
});
console.log(server.port);
