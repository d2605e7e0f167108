// One thing that the doctor found.

export interface Finding {
  readonly id:
    | "runtime"
    | "state"
    | "config"
    | "model"
    | "sandbox"
    | "channels"
    | "tls"
    | "tailscale"
    | "leases"
    | "gateway";
  readonly state: "good" | "note" | "bad";
  readonly text: string;
  /** What to do about it. */
  readonly next?: string;
}
