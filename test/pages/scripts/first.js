add("first deferred");
