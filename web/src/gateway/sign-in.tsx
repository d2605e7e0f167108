// The form for whoever comes without a token, or with a wrong one. It says plainly what was wrong and where the right
// one is found.
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { GatewayConnection } from "./connection.ts";
import type { Trouble } from "./trouble.ts";

interface SignInProps {
  readonly connection: GatewayConnection;
  readonly trouble: Trouble | undefined;
}

export function SignIn({ connection, trouble }: SignInProps) {
  const [isLasting, setLasting] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const [fieldId, troubleId] = [useId(), useId()];
  useEffect(() => field.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const secret = field.current?.value.trim() ?? "";
    if (secret !== "") connection.signIn({ secret, isLasting });
  };
  return (
    <main className="sign-in">
      <form onSubmit={submit} className="card">
        <h1>Homarus</h1>
        <p>Sign in with the token that the gateway printed when it started, or with its password.</p>
        {trouble && (
          <div className="trouble" role="alert" id={troubleId}>
            <strong>{trouble.title}</strong> {trouble.next}
          </div>
        )}
        <label htmlFor={fieldId}>Token or password</label>
        <input
          ref={field}
          id={fieldId}
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          required
          aria-invalid={trouble !== undefined}
          aria-describedby={trouble ? troubleId : undefined}
        />
        <label className="check">
          <input type="checkbox" checked={isLasting} onChange={(event) => setLasting(event.target.checked)} />
          Stay signed in on this browser
        </label>
        <button type="submit" className="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}
