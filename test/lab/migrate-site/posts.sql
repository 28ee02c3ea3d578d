INSERT INTO wp_posts (post_author, post_date, post_date_gmt, post_content, post_title, post_excerpt, post_name, post_modified, post_modified_gmt, to_ping, pinged, post_content_filtered)
  SELECT 1, NOW(), NOW(), REPEAT(CONCAT('All about article ', seq, ', and more. '), 50), CONCAT('Article ', seq), '', CONCAT('article-', seq), NOW(), NOW(), '', '', '' FROM seq_1_to_POSTS;
INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT seq, 'price', MD5(seq) FROM seq_1_to_POSTS;
CREATE TABLE wp_audit (at DATETIME, comment BIGINT) ENGINE = InnoDB;
CREATE TRIGGER wp_audited AFTER INSERT ON wp_comments FOR EACH ROW INSERT INTO wp_audit VALUES (NOW(), NEW.comment_ID);
CREATE VIEW wp_count AS SELECT COUNT(*) AS comments FROM wp_comments;
CREATE TABLE wp_blobs (name VARCHAR(40) PRIMARY KEY, data BLOB, half DOUBLE, twice INT AS (LENGTH(name) * 2) VIRTUAL) SELECT CONCAT('blob ', seq) AS name, UNHEX(MD5(seq)) AS data, seq / 7 AS half FROM seq_1_to_POSTS;
