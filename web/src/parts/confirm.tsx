import { Dialog, DialogTrigger, Heading, Modal } from "react-aria-components";
import { useWords } from "../words/index.ts";
import { Button } from "./fields.tsx";

/** A button for what takes something away: it says what is lost before it is. */
export function Confirm({
  says,
  look = "danger",
  title,
  loses,
  onConfirm,
}: {
  readonly says: string;
  /** Of the button that asks; one of many is quiet. */
  readonly look?: "danger" | "quiet";
  readonly title: string;
  readonly loses: string;
  readonly onConfirm: () => void;
}) {
  const { editor } = useWords();
  return (
    <DialogTrigger>
      <Button look={look}>{says}</Button>
      <Modal className="modal" isDismissable>
        <Dialog role="alertdialog" className="dialog">
          {({ close }) => (
            <>
              <Heading slot="title">{title}</Heading>
              <p>{loses}</p>
              <div className="actions">
                <Button
                  look="danger"
                  onPress={() => {
                    close();
                    onConfirm();
                  }}
                >
                  {says}
                </Button>
                <Button onPress={close}>{editor.cancel}</Button>
              </div>
            </>
          )}
        </Dialog>
      </Modal>
    </DialogTrigger>
  );
}
