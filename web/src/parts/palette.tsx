import { lazy, Suspense, useEffect, useState } from "react";
import { useWords } from "../words/index.ts";
import { Button } from "./fields.tsx";

const PaletteDialog = lazy(() => import("./palette-dialog.tsx"));

/** A screen, and what it is called. */
export interface Place {
  readonly to: string;
  readonly says: string;
}

/** Wherever one is, Ctrl-K and a few letters lead to any record or screen. */
export function Palette({ places }: { readonly places: readonly Place[] }) {
  const { palette } = useWords();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <Button look="quiet" onPress={() => setOpen(true)}>
        {palette.open} <kbd>Ctrl K</kbd>
      </Button>
      {isOpen && (
        <Suspense>
          <PaletteDialog places={places} close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
