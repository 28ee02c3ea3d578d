SET ROLE app;
CREATE TABLE owners (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id bigserial PRIMARY KEY, owner int NOT NULL REFERENCES owners, body text, at timestamptz DEFAULT now(), size int GENERATED ALWAYS AS (length(body)) STORED);
CREATE TABLE heard (note bigint, says text);
CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO heard VALUES (NEW.id, 'heard'); RETURN NEW; END $$;
CREATE TRIGGER hear AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION hear();
CREATE MATERIALIZED VIEW totals AS SELECT owner, count(*) FROM notes GROUP BY 1;
INSERT INTO owners (name) SELECT 'owner ' || n FROM generate_series(1, 10) n;
INSERT INTO notes (owner, body) SELECT 1 + n % 10, repeat('note ' || n || E'\t\\', 20) FROM generate_series(1, 20000) n;
