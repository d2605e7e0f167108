// A long run: turns by the hundred thousand, and the memory that the gateway has on the way. Named to be run: it takes
// minutes. HOMARUS_BENCH_TURNS makes it shorter.
import { connect } from "./client.ts";
import { type Figure, houseWith, talker } from "./measures.ts";
import { cpuOf, memoryOf, startMeasured } from "./process.ts";

const turns = Number(process.env.HOMARUS_BENCH_TURNS ?? 100_000);
const conversations = 16;
const looks = 20;

/** Memory is compared with that after a twentieth of the turns, which is the warm-up. */
export async function soak(binary: string, modelUrl: string): Promise<Figure[]> {
  await using gateway = await startMeasured(binary, houseWith(modelUrl));
  const client = await connect(gateway.port, gateway.token);
  const talk = talker(client);
  const begun = performance.now();
  const cpuBefore = cpuOf(gateway.pid);
  const resident: number[] = [];
  for (let look = 0; look < looks; look += 1) {
    let left = turns / looks;
    const speak = async (_: unknown, session: number): Promise<void> => {
      for (let turn = 0; left > 0; turn += 1) {
        left -= 1;
        // Every thousand turns a conversation ends and another begins, as in a house that lives.
        await talk(`soak-${look}-${session}-${Math.floor(turn / 1_000)}`);
      }
    };
    await Promise.all(Array.from({ length: conversations }).map(speak));
    resident.push(memoryOf(gateway.pid).resident / 1024);
  }
  const seconds = (performance.now() - begun) / 1000;
  const cpuMs = (cpuOf(gateway.pid) - cpuBefore) / turns;
  client.close();
  const [warm = 1, ...rest] = resident;
  const megabytes = resident.map((value) => Math.round(value)).join(" ");
  return [
    {
      ...{
        name: "soak-resident",
        value: Math.round((Math.max(...rest) / warm) * 100) / 100,
        unit: "times",
        aim: "< 1.3",
      },
      note: `${turns} turns in ${conversations} conversations; MB after each twentieth: ${megabytes}`,
    },
    {
      name: "soak-cpu",
      value: Math.round(cpuMs * 100) / 100,
      unit: "ms/turn",
      note: `${Math.round(turns / seconds)} turns/s`,
    },
  ];
}
