import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { answer, api } from "../api.ts";
import { sessionChanged, useMe } from "../session.tsx";
import { useWords } from "../words/index.ts";
import { Button } from "./fields.tsx";
import { Palette } from "./palette.tsx";

/** The frame around every screen: where one is, where one can go, and as whom. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const words = useWords();
  const { account, rights } = useMe();
  const [path, go] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const { nav } = words;
  const places = [
    { to: "/", says: nav.overview },
    { to: "/records", says: rights.isOperator ? nav.resources : nav.mySites },
    { to: "/maintenance", says: nav.maintenance },
    ...(rights.isOperator ? [{ to: "/hosts", says: nav.hosts }] : []),
    { to: "/events", says: nav.events },
    ...(rights.isOperator || Object.values(rights.tenants).includes("admin")
      ? [{ to: "/customers", says: rights.isOperator ? nav.customers : words.customers.people }]
      : []),
  ];
  async function signOut() {
    await answer(api.DELETE("/v1/session"));
    // Whoever signs in next begins where everybody begins.
    go("/");
    await sessionChanged(undefined);
  }
  const link = ({ to, says }: { to: string; says: string }) => {
    const isHere = to === "/" ? path === "/" : path.startsWith(to);
    return (
      <Link
        key={to}
        href={to}
        className="place"
        aria-current={isHere ? "page" : undefined}
        onClick={() => setOpen(false)}
      >
        {says}
      </Link>
    );
  };
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {words.skip}
      </a>
      <header className="top">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" /> {words.product}
        </Link>
        <Button look="quiet" aria-expanded={isOpen} aria-controls="places" onPress={() => setOpen(!isOpen)}>
          {words.menu}
        </Button>
        <nav id="places" className={isOpen ? "open" : ""} aria-label={words.menu}>
          {places.map(link)}
          <span className="gap" />
          <Palette places={places} />
          <Bell isHere={path === "/notices"} />
          {link({ to: "/account", says: account.name })}
          <Button look="quiet" onPress={() => void signOut()}>
            {nav.signOut}
          </Button>
        </nav>
      </header>
      {rights.looksAs !== undefined && <LooksAs tenant={rights.looksAs} />}
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

/** What one has been told and has not looked at. */
function Bell({ isHere }: { readonly isHere: boolean }) {
  const { notices: words } = useWords();
  const { data = [] } = useQuery({
    queryKey: ["notices"],
    queryFn: () => answer(api.GET("/v1/me/notices", { params: { query: { limit: 50 } } })),
    refetchInterval: 30_000,
  });
  const unread = data.filter(({ isRead }) => !isRead).length;
  return (
    <Link href="/notices" className="place" aria-current={isHere ? "page" : undefined}>
      {words.title}
      {unread > 0 && (
        <span className="count" role="status" aria-label={words.unread(unread)}>
          {unread === 50 ? "50+" : unread}
        </span>
      )}
    </Link>
  );
}

/** That one sees with somebody else's eyes must not be forgotten. */
function LooksAs({ tenant }: { readonly tenant: string }) {
  const words = useWords();
  const { data } = useQuery({
    queryKey: ["tenant", tenant],
    queryFn: () => answer(api.GET("/v1/tenants/{name}", { params: { path: { name: tenant } } })),
  });
  async function stop() {
    await answer(api.PUT("/v1/session/looks-as", { body: { tenant: null } }));
    await sessionChanged(undefined);
  }
  return (
    <div className="banner" role="status">
      {words.looksAs(data?.title ?? tenant)} <Button onPress={() => void stop()}>{words.stopLooking}</Button>
    </div>
  );
}

/** The title of a screen, and of the window; whoever comes by keyboard or ear begins here. */
export function Title({ children, actions }: { readonly children: string; readonly actions?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { product } = useWords();
  useEffect(() => {
    document.title = `${children} · ${product}`;
    heading.current?.focus();
  }, [children, product]);
  return (
    <div className="title">
      <h1 ref={heading} tabIndex={-1}>
        {children}
      </h1>
      {actions}
    </div>
  );
}
