// Where the person writes: text and images, sent with Enter. While a run goes, what is sent joins it, and it can be
// stopped.
import {
  type ClipboardEvent,
  type DragEvent,
  type FormEvent,
  type KeyboardEvent,
  type RefObject,
  useId,
  useState,
} from "react";
import { Icon } from "./icons.tsx";
import type { Picture } from "./outbox.ts";
import { readPicture, refusal } from "./pictures.ts";

interface ComposerProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly isRunning: boolean;
  readonly isOpen: boolean;
  readonly onSend: (text: string, pictures: readonly Picture[]) => void;
  readonly onStop: () => void;
}

export function Composer({ field, isRunning, isOpen, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  const { pictures, problem, add, remove, clear } = usePictures();
  const [fieldId, hintId] = [useId(), useId()];
  const isEmpty = text.trim() === "" && pictures.length === 0;
  const send = () => {
    if (isEmpty) return;
    onSend(text, pictures);
    setText("");
    clear();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
    field.current?.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    if (!sends(event)) return;
    event.preventDefault();
    send();
  };
  const taken = (event: ClipboardEvent | DragEvent, data: DataTransfer) => {
    if (data.files.length === 0) return;
    event.preventDefault();
    add(data.files);
  };
  return (
    <form
      className="composer"
      aria-label="New message"
      onSubmit={submit}
      onPaste={(event) => taken(event, event.clipboardData)}
      onDrop={(event) => taken(event, event.dataTransfer)}
      onDragOver={(event) => event.preventDefault()}
    >
      <Chosen pictures={pictures} problem={problem} onRemove={remove} />
      <label className="sr-only" htmlFor={fieldId}>
        Message
      </label>
      <textarea
        ref={field}
        id={fieldId}
        rows={1}
        value={text}
        placeholder="Write a message"
        aria-describedby={hintId}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={pressed}
      />
      <div className="composer-row">
        <FileChoice onFiles={add} />
        <p className="hint" id={hintId}>
          {hintFor(isOpen, isRunning)}
        </p>
        <Buttons isRunning={isRunning} isEmpty={isEmpty} onStop={onStop} />
      </div>
    </form>
  );
}

/** Enter by itself; an input method ends a word with Enter too. */
function sends(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;
}

interface ButtonsProps {
  readonly isRunning: boolean;
  readonly isEmpty: boolean;
  readonly onStop: () => void;
}

function Buttons({ isRunning, isEmpty, onStop }: ButtonsProps) {
  return (
    <>
      {isRunning && (
        <button type="button" className="round" onClick={onStop} aria-label="Stop" title="Stop (Escape)">
          <Icon name="stop" />
        </button>
      )}
      <button type="submit" className="round primary" disabled={isEmpty} aria-label="Send" title="Send (Enter)">
        <Icon name="send" />
      </button>
    </>
  );
}

function hintFor(isOpen: boolean, isRunning: boolean): string {
  if (!isOpen) return "Not connected: what you send waits here.";
  if (isRunning) return "What you send now joins in. Escape stops the answer.";
  return "Enter sends, Shift+Enter begins a new line.";
}

function FileChoice({ onFiles }: { readonly onFiles: (files: FileList) => void }) {
  return (
    <span className="file">
      <input
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp"
        multiple
        aria-label="Add an image"
        title="Add an image"
        onChange={(event) => {
          if (event.target.files) onFiles(event.target.files);
          event.target.value = "";
        }}
      />
      <Icon name="attach" />
    </span>
  );
}

interface ChosenProps {
  readonly pictures: readonly Picture[];
  readonly problem: string | undefined;
  readonly onRemove: (picture: Picture) => void;
}

function Chosen({ pictures, problem, onRemove }: ChosenProps) {
  return (
    <>
      {pictures.length > 0 && (
        <ul className="chosen" aria-label="Images of this message">
          {pictures.map((picture) => (
            <li key={picture.address}>
              <img src={picture.address} alt={picture.name} />
              <button type="button" onClick={() => onRemove(picture)} aria-label={`Remove ${picture.name}`}>
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function usePictures() {
  const [pictures, setPictures] = useState<readonly Picture[]>([]);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const add = async (files: FileList) => {
    const chosen = [...pictures];
    let trouble: string | undefined;
    for (const file of files) {
      const refused = refusal(file, chosen);
      trouble ??= refused;
      if (refused === undefined) chosen.push(await readPicture(file));
    }
    setPictures(chosen.filter((picture, at) => chosen.findIndex((item) => item.address === picture.address) === at));
    setProblem(trouble);
  };
  return {
    ...{ pictures, problem },
    add: (files: FileList) => {
      add(files).catch((thrown: unknown) => setProblem(thrown instanceof Error ? thrown.message : String(thrown)));
    },
    remove: (picture: Picture) => setPictures(pictures.filter((item) => item !== picture)),
    clear: () => {
      setPictures([]);
      setProblem(undefined);
    },
  };
}
