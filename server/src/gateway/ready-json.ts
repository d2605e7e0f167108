/** A result that is JSON text already: what many clients get is serialised once. */
export class ReadyJson {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

export function jsonOf(payload: unknown): string {
  return payload instanceof ReadyJson ? payload.json : JSON.stringify(payload);
}
