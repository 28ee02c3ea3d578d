import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Modal,
  SearchField,
} from "react-aria-components";
import { useLocation } from "wouter";
import { answer, api } from "../api.ts";
import { useWords } from "../words/index.ts";
import type { Place } from "./palette.tsx";

/** A few letters, and what they may mean. */
export default function PaletteDialog({
  places,
  close,
}: {
  readonly places: readonly Place[];
  readonly close: () => void;
}) {
  const { palette } = useWords();
  const [typed, setTyped] = useState("");
  const [, go] = useLocation();
  const sought = useDeferredValue(typed.trim());
  const { data } = useQuery({
    queryKey: ["palette", sought],
    queryFn: () => answer(api.GET("/v1/resources", { params: { query: { search: sought, limit: 8 } } })),
    enabled: sought !== "",
    placeholderData: (before) => before,
  });
  const isLike = (text: string) => text.toLowerCase().includes(typed.trim().toLowerCase());
  const records = sought === "" ? [] : (data?.items ?? []);
  return (
    <Modal className="modal" isOpen onOpenChange={close} isDismissable>
      <Dialog className="dialog palette" aria-label={palette.open}>
        <Autocomplete inputValue={typed} onInputChange={setTyped}>
          <SearchField aria-label={palette.open} autoFocus>
            <Input placeholder={palette.hint} />
          </SearchField>
          <ListBox
            className="list"
            aria-label={palette.open}
            selectionMode="none"
            renderEmptyState={() => <p className="dim">{palette.none}</p>}
            onAction={(to) => {
              close();
              go(String(to));
            }}
          >
            <ListBoxSection>
              <Header>{palette.screens}</Header>
              {places
                .filter(({ says }) => isLike(says))
                .map(({ to, says }) => (
                  <ListBoxItem key={to} id={to} className="option" textValue={says}>
                    {says}
                  </ListBoxItem>
                ))}
            </ListBoxSection>
            {records.length > 0 && (
              <ListBoxSection>
                <Header>{palette.records}</Header>
                {records.map(({ kind, name }) => (
                  <ListBoxItem
                    key={`${kind}/${name}`}
                    id={`/records/${kind}/${name}`}
                    className="option"
                    textValue={name}
                  >
                    {name} <span className="dim">{kind}</span>
                  </ListBoxItem>
                ))}
              </ListBoxSection>
            )}
          </ListBox>
        </Autocomplete>
      </Dialog>
    </Modal>
  );
}
