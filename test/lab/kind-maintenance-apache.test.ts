import { behavesLikeKind } from "./kind/behaves-like-kind.ts";
import { maintenanceOn } from "./kind/maintenance.ts";

behavesLikeKind("a maintenance on Apache", maintenanceOn("apache"));
