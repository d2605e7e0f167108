// A contract is a list of cases as data, so that any runner, or none, can run it over any implementation.

export interface ContractCase<World> {
  /** A sentence about behaviour, true of every implementation. */
  readonly name: string;
  /** Runs only where the manifest claims this capability. */
  readonly needs?: string;
  /** Throws when the implementation breaks the contract. */
  readonly run: (world: World) => Promise<void>;
}

export interface ContractSubject<World> {
  readonly title: string;
  /** Capabilities claimed by the manifest. */
  readonly capabilities: readonly string[];
  /** A fresh world for each case: the thing under test and levers on its fake remote. */
  readonly open: () => Promise<World & AsyncDisposable>;
}

/** The part of a test runner that a suite needs; `bun:test`, `node:test` and vitest all fit. */
export interface Runner {
  readonly describe: (title: string, body: () => void) => void;
  readonly test: ((title: string, body: () => Promise<void>) => void) & {
    readonly skip: (title: string, body: () => Promise<void>) => void;
  };
}

/** Runs each case in a fresh world. A case whose capability is not claimed is skipped and says so. */
export function runContract<World>(
  runner: Runner,
  contract: readonly ContractCase<World>[],
  subject: ContractSubject<World>,
): void {
  runner.describe(subject.title, () => {
    for (const item of contract) {
      const run = async () => {
        await using world = await subject.open();
        await item.run(world);
      };
      if (item.needs && !subject.capabilities.includes(item.needs)) {
        runner.test.skip(`${item.name} (does not claim ${item.needs})`, run);
      } else {
        runner.test(item.name, run);
      }
    }
  });
}

/** Fails a contract case with a sentence. */
export function expectThat(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(`contract broken: ${sentence}`);
}

/** Fails unless both are the same JSON. */
export function expectSame(actual: unknown, expected: unknown, sentence: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`contract broken: ${sentence}\n  expected ${b}\n  actual   ${a}`);
}
