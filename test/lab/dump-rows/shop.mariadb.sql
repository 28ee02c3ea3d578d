CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name VARCHAR(80) NOT NULL);
CREATE TABLE customers (
  id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(120) NOT NULL, name VARCHAR(120) NOT NULL, country CHAR(2) NOT NULL,
  invited_by INT NULL, favourite INT NULL, photo BLOB, flags BIT(5), settings JSON, balance DECIMAL(20,4), ratio DOUBLE,
  seen TIMESTAMP NULL, born DATE NULL, shown VARCHAR(250) AS (CONCAT(name, ' <', email, '>')) STORED,
  FOREIGN KEY (country) REFERENCES countries (code), FOREIGN KEY (invited_by) REFERENCES customers (id));
CREATE TABLE orders (
  year SMALLINT NOT NULL, number INT NOT NULL, customer INT NOT NULL, note TEXT, total DECIMAL(12,2) NOT NULL DEFAULT 0,
  PRIMARY KEY (year, number), FOREIGN KEY (customer) REFERENCES customers (id));
CREATE TABLE products (id INT PRIMARY KEY, sku VARBINARY(20) NOT NULL UNIQUE, name VARCHAR(80) NOT NULL);
CREATE TABLE items (
  year SMALLINT NOT NULL, number INT NOT NULL, place TINYINT NOT NULL, sku VARBINARY(20) NOT NULL, amount INT NOT NULL,
  PRIMARY KEY (year, number, place), FOREIGN KEY (year, number) REFERENCES orders (year, number),
  FOREIGN KEY (sku) REFERENCES products (sku));
CREATE TABLE visits (customer INT NULL, page VARCHAR(100), FOREIGN KEY (customer) REFERENCES customers (id));
CREATE TABLE unrelated (id INT PRIMARY KEY);
ALTER TABLE customers ADD FOREIGN KEY (favourite) REFERENCES products (id);
CREATE TRIGGER items_total AFTER INSERT ON items FOR EACH ROW
  UPDATE orders SET total = total + NEW.amount WHERE year = NEW.year AND number = NEW.number;
