// A model server on this machine that answers at once, so that what is measured is the house.

const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "instant", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const body = `${chunk({ role: "assistant", content: "Done." }, null)}${chunk({}, "stop")}data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "instant", choices: [], usage })}\n\ndata: [DONE]\n\n`;

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
});
console.log(server.port);
