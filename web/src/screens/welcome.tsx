import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { answer, api, Refused } from "../api.ts";
import { Button, TextField } from "../parts/fields.tsx";
import { Notice, Trouble, Waiting } from "../parts/notices.tsx";
import { sessionChanged, useSession } from "../session.tsx";
import { useLanguage, useWords } from "../words/index.ts";

/** Where a link leads that makes an account, or sets a new password. Its secret is behind the #, which no server logs. */
export default function Welcome() {
  const { welcome, signIn } = useWords();
  const language = useLanguage();
  const [, go] = useLocation();
  const [secret] = useState(() => location.hash.slice(1));
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<Error>();
  const { me } = useSession();
  const link = useQuery({
    queryKey: ["invitation", secret],
    queryFn: () => answer(api.POST("/v1/invitations/look", { body: { secret } })),
    retry: false,
  });

  async function accept(event: FormEvent) {
    event.preventDefault();
    setError(undefined);
    const isNew = link.data?.is === "new account";
    const body = { secret, password, language, ...(isNew && { name, email: link.data?.email ?? email }) };
    try {
      const { csrf } = await answer(api.POST("/v1/invitations/accept", { body }));
      history.replaceState(null, "", "/welcome");
      await sessionChanged(csrf);
      go("/");
    } catch (refused) {
      setError(refused as Error);
    }
  }

  async function join() {
    setError(undefined);
    try {
      await answer(api.POST("/v1/invitations/join", { body: { secret } }));
      history.replaceState(null, "", "/welcome");
      await sessionChanged(me?.csrf);
      go("/");
    } catch (refused) {
      setError(refused as Error);
    }
  }

  return (
    <main className="door" id="content">
      {link.isLoading && <Waiting />}
      {link.error &&
        (link.error instanceof Refused && (link.error.status === 404 || link.error.status === 400) ? (
          <Notice look="bad">{welcome.gone}</Notice>
        ) : (
          <Trouble error={link.error} retry={() => void link.refetch()} />
        ))}
      {link.data?.is === "one more tenant" && (
        <div className="card">
          <h1>{welcome.oneMore}</h1>
          {link.data.tenant !== undefined && <p>{welcome.forTenant(link.data.tenant)}</p>}
          {error && <Trouble error={error} />}
          {me?.account.email === link.data.email ? (
            <Button look="main" onPress={() => void join()}>
              {welcome.join}
            </Button>
          ) : (
            <>
              <p>{welcome.signInFirst(link.data.email ?? "")}</p>
              <a className="button" href="/" target="_blank" rel="noopener">
                {signIn.go}
              </a>
            </>
          )}
        </div>
      )}
      {link.data && link.data.is !== "one more tenant" && (
        <form onSubmit={(event) => void accept(event)} className="card">
          <h1>{link.data.is === "new account" ? welcome.newAccount : welcome.newPassword}</h1>
          {link.data.tenant !== undefined && <p>{welcome.forTenant(link.data.tenant)}</p>}
          {error && <Trouble error={error} />}
          <TextField
            label={signIn.email}
            type="email"
            value={link.data.email ?? email}
            onChange={setEmail}
            isReadOnly={link.data.email !== undefined}
            autoComplete="username"
            isRequired
          />
          {link.data.is === "new account" && (
            <TextField label={welcome.name} value={name} onChange={setName} autoComplete="name" isRequired />
          )}
          <TextField
            label={welcome.password}
            help={welcome.passwordHelp}
            type="password"
            value={password}
            onChange={setPassword}
            autoComplete="new-password"
            minLength={12}
            isRequired
          />
          <Button type="submit" look="main">
            {link.data.is === "new account" ? welcome.create : welcome.set}
          </Button>
        </form>
      )}
    </main>
  );
}
