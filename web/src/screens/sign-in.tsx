import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answer, api } from "../api.ts";
import { Button, TextField } from "../parts/fields.tsx";
import { Notice, Trouble } from "../parts/notices.tsx";
import { sessionChanged } from "../session.tsx";
import { useWords } from "../words/index.ts";

/** The way in: a password and, where asked for, a second step; or a passkey, which is both. */
export default function SignIn() {
  const { signIn, product } = useWords();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [isHalf, setHalf] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const [isForgotten, setForgotten] = useState(false);
  const [isSent, setSent] = useState(false);

  const providers = useQuery({
    queryKey: ["providers"],
    queryFn: () => answer(api.GET("/v1/session/oidc")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [refused] = useState(() => new URLSearchParams(location.search).get("refused"));

  async function doing(work: () => Promise<void>) {
    setBusy(true);
    setError(undefined);
    await work().catch(setError);
    setBusy(false);
  }

  const withPassword = () =>
    doing(async () => {
      const { stage, csrf } = await answer(api.POST("/v1/session", { body: { email, password } }));
      setPassword("");
      await sessionChanged(csrf);
      if (stage === "second factor") setHalf(true);
    });
  const withCode = () =>
    doing(async () => sessionChanged((await answer(api.POST("/v1/session/second", { body: { code } }))).csrf));
  const withLink = () =>
    doing(async () => {
      await answer(api.POST("/v1/session/forgotten", { body: { email } }));
      setSent(true);
    });
  const withPasskey = () =>
    doing(async () => {
      const { startAuthentication } = await import("@simplewebauthn/browser");
      const { ticket, options } = await answer(api.POST("/v1/session/passkey/options"));
      const response = await startAuthentication({ optionsJSON: options as never });
      const body = { ticket, response: response as unknown as Record<string, unknown> };
      await sessionChanged((await answer(api.POST("/v1/session/passkey", { body }))).csrf);
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void (isHalf ? withCode() : isForgotten ? withLink() : withPassword());
  };

  return (
    <main className="door" id="content">
      <form onSubmit={submit} className="card">
        <p className="brand">
          <img src="/icon.svg" alt="" width="36" height="36" /> {product}
        </p>
        <h1>{isHalf ? signIn.second : isForgotten ? signIn.forgotten : signIn.title}</h1>
        {error && <Trouble error={error} />}
        {refused !== null && !error && (
          <Notice look="bad">{refused === "unknown" ? signIn.unknown : signIn.notVouched}</Notice>
        )}
        {isSent && <Notice look="good">{signIn.sent}</Notice>}
        {isHalf ? (
          <TextField
            label={signIn.code}
            help={signIn.codeHelp}
            value={code}
            onChange={setCode}
            autoComplete="one-time-code"
            autoFocus
            isRequired
          />
        ) : (
          <>
            <TextField
              label={signIn.email}
              type="email"
              value={email}
              onChange={setEmail}
              autoComplete="username webauthn"
              autoFocus
              isRequired
            />
            {!isForgotten && (
              <TextField
                label={signIn.password}
                type="password"
                value={password}
                onChange={setPassword}
                autoComplete="current-password"
                isRequired
              />
            )}
          </>
        )}
        <Button type="submit" look="main" isDisabled={isBusy || isSent}>
          {isForgotten ? signIn.send : signIn.go}
        </Button>
        {!isHalf && (
          <Button
            look="quiet"
            onPress={() => {
              setForgotten(!isForgotten);
              setSent(false);
              setError(undefined);
            }}
          >
            {isForgotten ? signIn.back : signIn.forgotten}
          </Button>
        )}
        {!isHalf &&
          !isForgotten &&
          providers.data?.map(({ name, title }) => (
            <a key={name} className="button" href={`/v1/session/oidc/${name}`}>
              {signIn.elsewhere(title)}
            </a>
          ))}
        {!isHalf && !isForgotten && "PublicKeyCredential" in window && (
          <Button isDisabled={isBusy} onPress={() => void withPasskey()}>
            {signIn.passkey}
          </Button>
        )}
      </form>
    </main>
  );
}
