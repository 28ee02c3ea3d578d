INSERT INTO countries VALUES ('de', 'Germany'), ('fr', 'France'), ('it', 'Italy');
INSERT INTO products VALUES (1, 'a-1', 'Apple'), (2, 'b-2', 'Pear'), (3, 'c-3', 'Plum');
INSERT INTO customers (id, email, name, country, invited_by, favourite, settings, balance, ratio, seen, born) VALUES
  (1, 'root@example.com', 'Root', 'fr', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (7, 'berta@example.com', 'Berta', 'it', 1, 3, '{}', -1.5000, 0.1, '2026-10-25 00:30:00', '1970-01-01'),
  (42, 'anna@example.com', 'Anna ''the \ great''', 'de', 7, 1, '{"news": [1, "zwei"]}', 12345678901234.5678, 0.30000000000000004, '2026-03-29 01:30:00', '2000-02-29'),
  (43, 'cleo@example.com', 'Cleo
two lines	and a tab', 'de', 42, 2, NULL, 0, 1e300, NULL, NULL),
  (99, 'other@example.com', 'Other', 'fr', 1, 3, NULL, NULL, NULL, NULL, NULL);
INSERT INTO orders (year, number, customer, note) VALUES (2025, 1, 42, 'first'), (2026, 1, 42, NULL), (2026, 2, 43, 'é ☃ 😀'), (2026, 3, 99, 'not hers');
INSERT INTO items VALUES (2025, 1, 1, 'a-1', 2), (2025, 1, 2, 'b-2', 1), (2026, 1, 1, 'a-1', 5), (2026, 2, 1, 'c-3', 1), (2026, 3, 1, 'b-2', 9);
INSERT INTO visits VALUES (42, '/'), (42, '/'), (42, NULL), (7, '/berta'), (NULL, '/nobody');
INSERT INTO unrelated VALUES (1);
