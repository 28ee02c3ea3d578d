import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, StrictMode, Suspense, useEffect } from "react";
import { I18nProvider, RouterProvider } from "react-aria-components";
import { createRoot } from "react-dom/client";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { queries } from "./api.ts";
import { Trouble, Waiting } from "./parts/notices.tsx";
import { Shell } from "./parts/shell.tsx";
import SignIn from "./screens/sign-in.tsx";
import { SignedIn, useSession } from "./session.tsx";
import "./style.css";
import { localeFor, preferred, Speaking } from "./words/index.ts";

const Welcome = lazy(() => import("./screens/welcome.tsx"));
const Overview = lazy(() => import("./screens/overview.tsx"));
const Records = lazy(() => import("./screens/records.tsx"));
const Record = lazy(() => import("./screens/record.tsx"));
const Hosts = lazy(() => import("./screens/hosts.tsx"));
const Events = lazy(() => import("./screens/events.tsx"));
const Maintenance = lazy(() => import("./screens/maintenance.tsx"));
const Notices = lazy(() => import("./screens/notices.tsx"));
const Customers = lazy(() => import("./screens/customers.tsx"));
const Customer = lazy(() => import("./screens/customer.tsx"));
const Audit = lazy(() => import("./screens/audit.tsx"));
const Account = lazy(() => import("./screens/account.tsx"));

function App() {
  const { me, isLoading, problem } = useSession();
  const [path, go] = useLocation();
  const language = me?.account.language ?? preferred();
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <Speaking value={language}>
      <I18nProvider locale={localeFor(language)}>
        <RouterProvider navigate={go}>
          <Suspense fallback={<Waiting />}>
            {isLoading ? (
              <Waiting />
            ) : path === "/welcome" ? (
              <Welcome />
            ) : problem ? (
              <main className="door">
                <Trouble error={problem} retry={() => void queries.invalidateQueries({ queryKey: ["me"] })} />
              </main>
            ) : me ? (
              <SignedIn me={me}>
                <Shell>
                  <Suspense fallback={<Waiting />}>
                    <Switch>
                      <Route path="/" component={Overview} />
                      <Route path="/records" component={Records} />
                      <Route path="/records/new" component={Record} />
                      <Route path="/records/:kind/:name" component={Record} />
                      <Route path="/hosts" component={Hosts} />
                      <Route path="/events" component={Events} />
                      <Route path="/maintenance" component={Maintenance} />
                      <Route path="/notices" component={Notices} />
                      <Route path="/customers" component={Customers} />
                      <Route path="/customers/:name" component={Customer} />
                      <Route path="/audit" component={Audit} />
                      <Route path="/account" component={Account} />
                      <Route>
                        <Redirect to="/" />
                      </Route>
                    </Switch>
                  </Suspense>
                </Shell>
              </SignedIn>
            ) : (
              <SignIn />
            )}
          </Suspense>
        </RouterProvider>
      </I18nProvider>
    </Speaking>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
