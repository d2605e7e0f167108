// What variables a program of the owner gets that runs outside of any sandbox: those that a program needs to run, and none
// else of the house's, whose secrets stand among them.

/** Where the house has no PATH, only what the system itself brought is found. */
const systemPath = "/usr/bin:/bin";

export function ownerEnvironment(
  house: Readonly<Record<string, string | undefined>>,
): Readonly<Record<"PATH" | "HOME" | "LANG", string>> {
  return { PATH: house.PATH || systemPath, HOME: house.HOME || "/", LANG: "C.UTF-8" };
}
