// For commands whose standard output belongs to a protocol, and that stay until they are told to go.

/** Standard output carries the protocol and nothing else, whoever in this process means to print. */
export function keepOutputClean(): void {
  for (const name of ["log", "info", "debug"] as const) console[name] = console.error;
}

export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
