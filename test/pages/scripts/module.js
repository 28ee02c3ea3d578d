add("module " + typeof import.meta);
