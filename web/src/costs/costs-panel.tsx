// What the models cost, at the side: a table by model, read while it is open.
import { useEffect, useState } from "react";
import { Section } from "../chat/section.tsx";
import type { Gateway } from "../gateway/connection.ts";
import { useStore } from "../gateway/store.ts";
import { type BudgetRow, type CostRow, Costs, wordsOf } from "./costs.ts";
import "./costs.css";

export function CostsPanel({ gateway }: { readonly gateway: Gateway }) {
  return (
    <Section className="costs" summary="Costs" opensItself={false} inside={() => <CostsTable gateway={gateway} />} />
  );
}

function CostsTable({ gateway }: { readonly gateway: Gateway }) {
  const [costs] = useState(() => new Costs(gateway, () => Date.now()));
  useEffect(() => costs.follow(), [costs]);
  const { rows, total, budgets, state } = useStore(costs);
  if (rows.length === 0) return <p>{emptyWords[state]}</p>;
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Today</th>
            <th scope="col">7 days</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Line key={row.name} row={row} />
          ))}
          {rows.length > 1 && <Line row={{ name: "All", ...total }} />}
        </tbody>
      </table>
      {budgets.map((budget) => (
        <Budget key={budget.name} budget={budget} />
      ))}
    </>
  );
}

const emptyWords = {
  reading: "Reading…",
  failed: "The costs could not be read.",
  there: "No model was called in the last seven days.",
} as const;

function Line({ row }: { readonly row: CostRow }) {
  return (
    <tr>
      <th scope="row" title={row.name}>
        {row.name.slice(row.name.indexOf("/") + 1)}
      </th>
      <td>{wordsOf(row.today)}</td>
      <td>{wordsOf(row.week)}</td>
    </tr>
  );
}

function Budget({ budget }: { readonly budget: BudgetRow }) {
  const { name, spent, limit, state } = budget;
  return (
    <label className="budget" data-state={state}>
      {`${name}: ${wordsOf({ usd: spent, unknown: 0 })} of $${limit.toFixed(2)}`}
      <progress value={spent} max={limit || 1} />
    </label>
  );
}
