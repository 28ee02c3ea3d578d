import { behavesLikeKind } from "./kind/behaves-like-kind.ts";
import { siteOn } from "./kind/site.ts";

behavesLikeKind("a site on nginx", siteOn("nginx"));
