CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE USER shop@localhost IDENTIFIED BY 'secret of the shop';
GRANT ALL ON shop.* TO shop@localhost;
