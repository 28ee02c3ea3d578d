import { behavesInMaintenance } from "./maintenance/behaviours.ts";
import { servers } from "./maintenance/servers.ts";

behavesInMaintenance(servers["own-nginx"]);
