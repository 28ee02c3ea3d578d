CREATE TABLE language (language_id INT PRIMARY KEY, name CHAR(20) NOT NULL);
CREATE TABLE actor (actor_id INT PRIMARY KEY, last_name VARCHAR(45) NOT NULL);
CREATE TABLE category (category_id INT PRIMARY KEY, name VARCHAR(25) NOT NULL);
CREATE TABLE film (film_id INT PRIMARY KEY, title VARCHAR(128) NOT NULL, language_id INT NOT NULL REFERENCES language (language_id),
  original_language_id INT REFERENCES language (language_id), FOREIGN KEY (language_id) REFERENCES language (language_id),
  FOREIGN KEY (original_language_id) REFERENCES language (language_id));
CREATE TABLE film_actor (actor_id INT NOT NULL, film_id INT NOT NULL, PRIMARY KEY (actor_id, film_id),
  FOREIGN KEY (actor_id) REFERENCES actor (actor_id), FOREIGN KEY (film_id) REFERENCES film (film_id));
CREATE TABLE film_category (film_id INT NOT NULL, category_id INT NOT NULL, PRIMARY KEY (film_id, category_id),
  FOREIGN KEY (film_id) REFERENCES film (film_id), FOREIGN KEY (category_id) REFERENCES category (category_id));
CREATE TABLE country (country_id INT PRIMARY KEY, country VARCHAR(50) NOT NULL);
CREATE TABLE city (city_id INT PRIMARY KEY, city VARCHAR(50) NOT NULL, country_id INT NOT NULL, FOREIGN KEY (country_id) REFERENCES country (country_id));
CREATE TABLE address (address_id INT PRIMARY KEY, address VARCHAR(50) NOT NULL, city_id INT NOT NULL, FOREIGN KEY (city_id) REFERENCES city (city_id));
CREATE TABLE store (store_id INT PRIMARY KEY, manager_staff_id INT NOT NULL UNIQUE, address_id INT NOT NULL, FOREIGN KEY (address_id) REFERENCES address (address_id));
CREATE TABLE staff (staff_id INT PRIMARY KEY, last_name VARCHAR(45) NOT NULL, address_id INT NOT NULL, store_id INT NOT NULL,
  FOREIGN KEY (address_id) REFERENCES address (address_id), FOREIGN KEY (store_id) REFERENCES store (store_id));
ALTER TABLE store ADD FOREIGN KEY (manager_staff_id) REFERENCES staff (staff_id);
CREATE TABLE customer (customer_id INT PRIMARY KEY, store_id INT NOT NULL, last_name VARCHAR(45) NOT NULL, address_id INT NOT NULL,
  FOREIGN KEY (store_id) REFERENCES store (store_id), FOREIGN KEY (address_id) REFERENCES address (address_id));
CREATE TABLE inventory (inventory_id INT PRIMARY KEY, film_id INT NOT NULL, store_id INT NOT NULL,
  FOREIGN KEY (film_id) REFERENCES film (film_id), FOREIGN KEY (store_id) REFERENCES store (store_id));
CREATE TABLE rental (rental_id INT PRIMARY KEY, inventory_id INT NOT NULL, customer_id INT NOT NULL, staff_id INT NOT NULL,
  FOREIGN KEY (inventory_id) REFERENCES inventory (inventory_id), FOREIGN KEY (customer_id) REFERENCES customer (customer_id),
  FOREIGN KEY (staff_id) REFERENCES staff (staff_id));
CREATE TABLE payment (payment_id INT PRIMARY KEY, customer_id INT NOT NULL, staff_id INT NOT NULL, rental_id INT, amount DECIMAL(5,2) NOT NULL,
  FOREIGN KEY (customer_id) REFERENCES customer (customer_id), FOREIGN KEY (staff_id) REFERENCES staff (staff_id),
  FOREIGN KEY (rental_id) REFERENCES rental (rental_id) ON DELETE SET NULL);
