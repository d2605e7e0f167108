// The conversations there are, a way to begin another, and how long this browser stays signed in.
import { CostsPanel } from "../costs/costs-panel.tsx";
import type { GatewayConnection } from "../gateway/connection.ts";
import { useStore } from "../gateway/store.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { type SessionRow, titleOf } from "./session-list.ts";

interface SidebarProps {
  readonly connection: GatewayConnection;
  readonly desk: Desk;
  /** Something was chosen: on a narrow page the list goes away. */
  readonly onChosen: () => void;
}

export function Sidebar({ connection, desk, onChosen }: SidebarProps) {
  const current = useStore(desk);
  const { rows } = useStore(desk.list);
  const { isLasting } = useStore(connection);
  const choose = (act: () => void) => () => {
    act();
    onChosen();
  };
  const signOut = () => {
    connection.signOut();
    // Nothing of what was said stays behind in the page.
    location.reload();
  };
  return (
    <nav className="sidebar" id="conversations" aria-label="Conversations">
      <button type="button" className="begin" onClick={choose(() => desk.begin())}>
        <Icon name="new" />
        New conversation
      </button>
      <ul>
        {withCurrent(rows, current, desk.mainKey).map(({ key, title }) => (
          <li key={key}>
            <button
              type="button"
              className="session"
              aria-current={key === current ? "page" : undefined}
              onClick={choose(() => desk.show(key))}
            >
              {title}
            </button>
          </li>
        ))}
      </ul>
      <CostsPanel gateway={connection} />
      <div className="sidebar-foot">
        <label className="check">
          <input type="checkbox" checked={isLasting} onChange={(event) => connection.remember(event.target.checked)} />
          Stay signed in
        </label>
        <button type="button" className="plain" onClick={signOut}>
          Sign out
        </button>
      </div>
    </nav>
  );
}

/** One that nothing was said in yet is not listed by the gateway; the person still has to see where they are. */
export function withCurrent(rows: readonly SessionRow[], current: string, mainKey: string) {
  const missing = [current, mainKey].filter(
    (key, at, all) => all.indexOf(key) === at && !rows.some((row) => row.key === key),
  );
  return [...missing.map((key) => ({ key, title: titleOf(key, mainKey) })), ...rows];
}
