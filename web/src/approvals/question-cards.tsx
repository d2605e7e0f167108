// Questions to the owner, above the field to write in: what will happen, why it is asked, and the answers.
import { useEffect, useId, useState } from "react";
import type { Gateway } from "../gateway/connection.ts";
import { useStore } from "../gateway/store.ts";
import { type Question, Questions } from "./questions.ts";
import "./approvals.css";

export function QuestionCards({ gateway }: { readonly gateway: Gateway }) {
  const [questions] = useState(() => new Questions(gateway));
  useEffect(() => questions.follow(), [questions]);
  const { open, trouble } = useStore(questions);
  return (
    <section className="questions" aria-label="Questions to you" aria-live="polite">
      {open.map((question) => (
        <Card key={question.id} question={question} questions={questions} />
      ))}
      {trouble !== undefined && <p role="alert">{trouble}</p>}
    </section>
  );
}

function Card({ question, questions }: { readonly question: Question; readonly questions: Questions }) {
  const { id, kind, name, preview, reason, marks, sessionKey, expiresAt } = question;
  const [changed, setChanged] = useState<string | undefined>(undefined);
  const title = useId();
  const isQuestion = kind === "question";
  const allow = (scope: "once" | "session" | "always") =>
    questions.answer(id, { decision: "allow", scope, ...(changed === undefined ? {} : { input: changed }) });
  return (
    <article className="question" aria-labelledby={title}>
      <h2 id={title}>{isQuestion ? "The agent asks you" : `May I use ${name}?`}</h2>
      <pre>{preview}</pre>
      <p>{reason}</p>
      {marks.length > 0 && <p className="marks">This conversation holds words of others: {marks.join(", ")}.</p>}
      <p className="where">
        In {sessionKey}, until {new Date(expiresAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}.
      </p>
      {changed !== undefined && (
        <label className="arguments">
          Arguments
          <textarea rows={5} value={changed} onChange={(event) => setChanged(event.target.value)} />
        </label>
      )}
      <div className="answers">
        <button type="button" onClick={() => allow("once")}>
          {isQuestion ? "Yes" : "Once"}
        </button>
        {!isQuestion && (
          <>
            <button type="button" onClick={() => allow("session")}>
              This conversation
            </button>
            <button type="button" onClick={() => allow("always")}>
              Always
            </button>
            {question.input !== undefined && (
              <button
                type="button"
                className="quiet"
                onClick={() => setChanged(changed === undefined ? question.input : undefined)}
              >
                {changed === undefined ? "Change…" : "As it was"}
              </button>
            )}
          </>
        )}
        <button type="button" className="no" onClick={() => questions.answer(id, { decision: "deny" })}>
          No
        </button>
      </div>
    </article>
  );
}
