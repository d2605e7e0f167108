// The workspace under a name of its own while a command is judged, so that what its real path holds (`.homarus`, a home, a
// user's name) counts for none of the rules, and a command means the same wherever a house keeps its files.

export interface NeutralPlace {
  readonly workspace: string;
  /** A text with the neutral name in the place of the real path. */
  hide(text: string): string;
  /** The other way, for people. */
  show(text: string): string;
}

/** Beside a workspace in the house's own folder lies the state of the house, which is nobody's business. */
const ofHouse = /\/\.homarus\/(workspace|agents\/[^/]+)$/;

export function neutralPlace(real: string): NeutralPlace {
  const workspace = ofHouse.test(real) ? "/house/workspace" : "/place/workspace";
  const below = /^(?:\/home\/[^/]+|\/root|\/Users\/[^/]+)(\/.+)$/.exec(real)?.[1];
  const homes = below === undefined ? "" : `|(?:~|\\$HOME|\\$\\{HOME\\})${escaped(below)}`;
  const written = new RegExp(`(?<![\\w.~/-])(?:${escaped(real)}${homes})(?=$|[^\\w.-])`, "g");
  return {
    workspace,
    hide: (text) => text.replace(written, workspace),
    show: (text) => text.replaceAll(workspace, real),
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
