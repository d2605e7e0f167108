// A section that opens and closes by itself as the run goes, until the person decides otherwise.
import { type ReactNode, useState } from "react";

interface SectionProps {
  readonly className: string;
  readonly state?: string;
  readonly summary: ReactNode;
  /** Whether it is open as long as nobody has chosen. */
  readonly opensItself: boolean;
  /** What is inside, made only when it is open. */
  readonly inside: () => ReactNode;
}

export function Section({ className, state, summary, opensItself, inside }: SectionProps) {
  const [chosen, setChosen] = useState<boolean | undefined>(undefined);
  const isOpen = chosen ?? opensItself;
  return (
    <details
      className={className}
      data-state={state}
      open={isOpen}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open !== isOpen) setChosen(currentTarget.open);
      }}
    >
      <summary>{summary}</summary>
      {isOpen && inside()}
    </details>
  );
}
