// What a provider makes of a history before it goes to the vendor: nothing the vendor would refuse, nothing it should not
// see, and its own reasoning back unchanged.
import type { Json } from "../content.ts";
import { toolCallsOf } from "../content.ts";
import type { ModelTurn } from "../ports/provider.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import type { ProviderWorld } from "./provider.world.ts";
import { hearStep, listen, plainRequest, stepTurn, userTurn } from "./provider-listen.ts";

const strange = { id: "functions.read:0|über/long-".padEnd(90, "x"), provider: "elsewhere", model: "other-1" };

/** Sends a history and gives back what the vendor got. */
async function sent(
  world: ProviderWorld,
  turns: readonly ModelTurn[],
): Promise<{ readonly body: Json; readonly text: string }> {
  const { request } = world.play("text");
  const heard = await listen(world, { ...request, ...plainRequest(world.model, turns) });
  expectThat(heard.step !== undefined, `the history is taken, not refused with ${JSON.stringify(heard.fault)}`);
  const body = world.vendor?.requests().at(-1) ?? null;
  return { body, text: JSON.stringify(body) };
}

function stringsIn(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

function emptyTextsIn(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = "text" in value && value.text === "" ? 1 : 0;
  return own + Object.values(value).reduce<number>((sum, item) => sum + emptyTextsIn(item as Json), 0);
}

function result(callId: string, text: string): ModelTurn {
  return {
    type: "tool",
    results: [{ type: "tool-result", callId, name: "read", content: [{ type: "text", text }], isError: false }],
  };
}

const picture = "iVBORw0KGgoAAAANSUhEUg==";

export const providerHistoryContract: readonly ContractCase<ProviderWorld>[] = [
  {
    name: "[A36] shows the model a picture from a person and one from a tool",
    needs: "history-images",
    async run(world) {
      const image = { type: "image", mediaType: "image/png", data: picture } as const;
      const other = { ...image, data: picture.replace("iVBOR", "iVBOS") };
      const { text } = await sent(world, [
        { type: "user", content: [{ type: "text", text: "What is this?" }, image] },
        stepTurn([{ type: "tool-call", id: "c1", name: "read", input: { path: "a.png" } }], strange),
        {
          type: "tool",
          results: [{ type: "tool-result", callId: "c1", name: "read", content: [other], isError: false }],
        },
      ]);
      expectThat(text.includes(picture), "the person's picture is in the request");
      expectThat(text.includes(other.data), "the tool's picture is in the request");
    },
  },
  ...(["file", "audio"] as const).map(
    (type): ContractCase<ProviderWorld> => ({
      name: `[A36] shows the model ${type === "file" ? "a document" : "a sound"} from a person and one from a tool`,
      needs: type === "file" ? "history-files" : "history-audio",
      async run(world) {
        const mediaType = type === "file" ? "application/pdf" : "audio/mpeg";
        const media = { type, mediaType, data: "JVBERi0xLjcKJeLjz9M=", name: "letter" } as const;
        const other = { ...media, data: media.data.replace("JVB", "JVC") };
        const { text } = await sent(world, [
          { type: "user", content: [{ type: "text", text: "What is this?" }, media] },
          stepTurn([{ type: "tool-call", id: "c1", name: "read", input: { path: "a" } }], strange),
          {
            type: "tool",
            results: [{ type: "tool-result", callId: "c1", name: "read", content: [other], isError: false }],
          },
        ]);
        expectThat(text.includes(media.data), "the person's is in the request");
        expectThat(text.includes(other.data), "the tool's is in the request");
      },
    }),
  ),
  {
    name: "tells the model in words of a file that it cannot be shown",
    needs: "remote",
    async run(world) {
      const file = { type: "file", mediaType: "application/x-zip", data: "UEsDBA==", name: "holiday.zip" } as const;
      const { text } = await sent(world, [{ type: "user", content: [file] }]);
      expectThat(text.includes("holiday.zip"), "the file's name is told");
      expectThat(!text.includes(file.data), "its bytes are not sent");
    },
  },
  {
    name: "[A32] gives the model's own reasoning back unchanged, and no other model's",
    needs: "thinking-replay",
    async run(world) {
      const first = await hearStep(world, "thinking");
      const { says } = world.play("thinking");
      expectThat(says.signature !== undefined, "the scene has reasoning data");
      const calls = toolCallsOf(first.step.content);
      const turns = (by: { readonly provider: string; readonly model: string }): ModelTurn[] => [
        userTurn("hello"),
        stepTurn(first.step.content, by),
        ...calls.map((call) => result(call.id, "the note's text")),
      ];
      const own = await sent(world, turns({ provider: world.id, model: world.model }));
      expectThat(own.text.includes(says.signature), "its own reasoning goes back");
      for (const by of [
        strange,
        { provider: world.id, model: "another-model" },
        { provider: "elsewhere", model: world.model },
      ]) {
        const foreign = await sent(world, turns(by));
        expectThat(!foreign.text.includes(says.signature), `reasoning of ${by.provider}/${by.model} stays away`);
        expectThat(foreign.text.includes("the note's text"), "text and results go on");
      }
    },
  },
  {
    name: "takes over a history that another provider wrote",
    needs: "remote",
    async run(world) {
      const { body, text } = await sent(world, [
        userTurn("read it"),
        stepTurn(
          [
            {
              type: "thinking",
              text: "private reasoning",
              signature: "elsewhere-signature",
              vendor: { secret: "vendor-data" },
            },
            { type: "text", text: "I read it.", vendor: { secret: "vendor-data" } },
            {
              type: "tool-call",
              id: strange.id,
              name: "read",
              input: { path: "note.txt" },
              vendor: { secret: "vendor-data" },
            },
          ],
          strange,
        ),
        result(strange.id, "the note's text"),
        userTurn("and now?"),
      ]);
      for (const gone of ["private reasoning", "elsewhere-signature", "vendor-data"])
        expectThat(!text.includes(gone), `no "${gone}" is sent`);
      for (const kept of ["I read it.", "note.txt", "the note's text", "and now?"])
        expectThat(text.includes(kept), `"${kept}" is sent`);
      expectThat(!stringsIn(body).includes(strange.id), "the strange id was put into the vendor's alphabet");
    },
  },
  {
    name: "answers a call that never got its result, and leaves out a result that no call asked for",
    needs: "remote",
    async run(world) {
      const { text } = await sent(world, [
        userTurn("read both"),
        stepTurn(
          [
            { type: "tool-call", id: "c1", name: "read", input: { path: "a.txt" } },
            { type: "tool-call", id: "c2", name: "read", input: { path: "b.txt" } },
          ],
          strange,
        ),
        result("c2", "text of b"),
        userTurn("go on"),
        result("c9", "text of nothing"),
      ]);
      expectThat(text.includes("text of b"), "the result that there is goes to the model");
      expectSame(text.split("No result of this call was recorded").length - 1, 1, "the missing one is told as missing");
      expectThat(!text.includes("text of nothing"), "the stray one is left out");
      expectThat(text.indexOf("No result") < text.indexOf("text of b"), "results stand in the order of the calls");
    },
  },
  {
    name: "mends torn characters and drops empty text",
    needs: "remote",
    async run(world) {
      const { body } = await sent(world, [
        userTurn("broken \ud83d half"),
        stepTurn(
          [
            { type: "text", text: "" },
            { type: "text", text: "fine" },
            { type: "tool-call", id: "c1", name: "read", input: { path: "\udc4b" } },
          ],
          strange,
        ),
        result("c1", "torn \udc4b too"),
        {
          type: "user",
          content: [
            { type: "text", text: "  " },
            { type: "text", text: "on" },
          ],
        },
      ]);
      expectThat(
        stringsIn(body).every((text) => text.isWellFormed()),
        "every text is well-formed Unicode",
      );
      expectThat(!/\\u(?:d83d|dc4b)/i.test(stringsIn(body).join("")), "also where arguments travel as text");
      expectSame(emptyTextsIn(body), 0, "no empty text is sent");
    },
  },
  {
    name: "puts what stays the same first, and asks the vendor to remember it",
    needs: "cache-hints",
    async run(world) {
      const { text } = await sent(world, [userTurn("hello")]);
      expectThat(
        text.indexOf("careful reader") < text.indexOf("Thursday"),
        "the stable part stands before the volatile one",
      );
      expectThat(/cache_control|prompt_cache_key|cachePoint/.test(text), "the request names what to keep");
    },
  },
];
