add("second deferred");
