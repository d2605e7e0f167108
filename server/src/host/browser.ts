// Opens an address in the owner's browser.

/** False when this machine has nothing to open it with. */
export function openInBrowser(address: string): boolean {
  const opener = Bun.which(process.platform === "darwin" ? "open" : "xdg-open");
  if (!opener) return false;
  Bun.spawn([opener, address], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).unref();
  return true;
}
