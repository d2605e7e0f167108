// The log's file in the state folder, as the config wants it, and the way to read it.
import { join } from "node:path";
import { toFault } from "@homarus/sdk";
import type { Logs } from "../gateway/house.ts";
import { systemClock } from "../host/clock.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import type { HouseLog } from "../host/log.ts";
import { type LogFile, openLogFile } from "../host/log-file/write.ts";
import { lazyTailLog } from "./lazy.ts";

export interface HouseLogs extends Logs {
  /** Opens, changes or closes the file as the config in force says. */
  settle(config: HouseConfig): void;
  close(): Promise<void>;
}

export function createHouseLogs(log: HouseLog, folder: string): HouseLogs {
  const path = join(folder, "logs", "homarus.log");
  let file: LogFile | undefined;
  // What is wrong with the file stands on the terminal alone.
  const trouble = (thrown: unknown): void => log.warn("log.file-failed", { path, fault: toFault(thrown).toJSON() });
  const end = async (): Promise<void> => {
    log.copyTo(undefined);
    const ended = file;
    file = undefined;
    await ended?.close();
  };
  return {
    settle({ log: { file: settings } }) {
      if (!settings.enabled) {
        end().catch(trouble);
        return;
      }
      try {
        file ??= openLogFile({ path, ...settings, clock: systemClock, onTrouble: trouble });
      } catch (thrown) {
        // Without a place for its log the house still does its work.
        trouble(thrown);
        return;
      }
      file.set(settings);
      log.copyTo({ level: settings.level, write: (line) => file?.write(line) });
    },
    async tail(params) {
      await file?.flush();
      return lazyTailLog(path, params);
    },
    close: end,
  };
}
