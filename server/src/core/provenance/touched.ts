// Where whoever carries out a call tells what it met on the way.
import type { Mark } from "@homarus/sdk";

/** What a call did to the workspace and whose words it met, told by whoever carried it out. */
export interface Touched {
  read(path: string): void;
  wrote(path: string): void;
  heard(marks: readonly Mark[]): void;
}
