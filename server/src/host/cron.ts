// The maths of cron expressions, with time zones and their summer times. Loaded when the first job needs it.
import { Fault, nearest } from "@homarus/sdk";
import { Cron } from "croner";

/**
 * The first time of an expression after an instant, in Unix ms; undefined when there is none. Without a time zone that
 * of the machine. A fixed time that summer time skips comes right after the gap, and one that it repeats comes once;
 * what comes at intervals skips and repeats with the clock. Throws an `invalid` Fault for what it cannot read.
 */
export function cronNext(expression: string, timeZone: string | undefined, after: number): number | undefined {
  const fields = expression.trim();
  if (!fields.startsWith("@")) checkFields(fields);
  if (timeZone !== undefined) checkTimeZone(timeZone);
  return read(fields, timeZone).nextRun(new Date(after))?.getTime();
}

function read(expression: string, timezone: string | undefined): Cron {
  try {
    return new Cron(expression, {
      ...{ paused: true, fixedTimeRule: "no-wildcard" },
      ...(timezone === undefined ? {} : { timezone }),
    });
  } catch (thrown) {
    const reason = (thrown as Error).message.replace(/^CronPattern: /, "");
    throw unreadable(expression, reason, thrown);
  }
}

const fieldsHint =
  "Give five fields: minute, hour, day of the month, month, day of the week; for example 0 7 * * 1-5 for 07:00 on weekdays.";

function checkFields(expression: string): void {
  const count = expression === "" ? 0 : expression.split(/\s+/).length;
  if (count < 5 || count > 7) throw unreadable(expression, `it has ${count} field${count === 1 ? "" : "s"}`);
}

function unreadable(expression: string, reason: string, cause?: unknown): Fault {
  return new Fault("invalid", "cron.expression", `The cron expression "${expression}" cannot be read: ${reason}.`, {
    ...{ cause, hint: fieldsHint },
  });
}

function checkTimeZone(name: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
  } catch (thrown) {
    const near = nearest(name, Intl.supportedValuesOf("timeZone"));
    throw new Fault("invalid", "cron.time-zone", `There is no time zone ${name}.`, {
      cause: thrown,
      hint: near ? `Did you mean ${near}?` : "Give an IANA name, for example Europe/Berlin or UTC.",
    });
  }
}
