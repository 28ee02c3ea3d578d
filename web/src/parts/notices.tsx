import type { ReactNode } from "react";
import { Refused } from "../api.ts";
import { useWords } from "../words/index.ts";
import { Button } from "./fields.tsx";

/** What went wrong, and what to do; read out at once. */
export function Trouble({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  const { error: title, retry: again, signIn } = useWords();
  const says = error instanceof Refused && error.status === 0 ? signIn.offline : error.message;
  return (
    <div role="alert" className="notice bad">
      <strong>{title}</strong>
      {says.split("\n").map((line) => (
        <p key={line}>{line}</p>
      ))}
      {retry && <Button onPress={retry}>{again}</Button>}
    </div>
  );
}

export const Notice = ({
  look,
  children,
}: {
  readonly look: "good" | "bad" | "plain";
  readonly children: ReactNode;
}) => (
  <div role="status" className={`notice ${look}`}>
    {children}
  </div>
);

/** Where there is nothing yet: what would be here, and how it comes here. */
export const Empty = ({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) => (
  <div className="empty">
    <h2>{title}</h2>
    <p>{children}</p>
    {action}
  </div>
);

export const Waiting = () => <div className="waiting" role="progressbar" aria-label="…" />;
