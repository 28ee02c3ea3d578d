INSERT INTO wp_users (ID, user_login, user_pass, user_email, display_name) VALUES (1, 'admin', 'secret', 'admin@example.com', 'Admin'), (2, 'anna', 'secret', 'anna@example.com', 'Anna');
INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES (1, 'nickname', 'admin'), (2, 'nickname', 'anna'), (2, 'locale', 'de');
INSERT INTO wp_posts (ID, post_author, post_title, post_content, post_excerpt, to_ping, pinged, post_content_filtered, post_parent) VALUES
  (10, 2, 'Hello', '<p>Hello, "world" ☃</p>', '', '', '', '', 0), (11, 2, 'Hello, before', '', '', '', '', '', 10), (12, 1, 'Other', '', '', '', '', '', 0);
INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES (10, '_edit_last', '2'), (12, '_edit_last', '1');
INSERT INTO wp_comments (comment_ID, comment_post_ID, comment_author, comment_author_email, comment_author_IP, comment_content, comment_parent, user_id) VALUES
  (1, 10, 'Berta', 'berta@example.com', '198.51.100.7', 'Well said', 0, 0), (2, 10, 'Anna', 'anna@example.com', '198.51.100.8', 'Thank you', 1, 2), (3, 12, 'Cleo', 'cleo@example.com', '198.51.100.9', 'No', 0, 0);
INSERT INTO wp_commentmeta (comment_id, meta_key, meta_value) VALUES (1, 'akismet', 'ham');
INSERT INTO wp_terms (term_id, name, slug) VALUES (1, 'News', 'news'), (2, 'Unused', 'unused');
INSERT INTO wp_term_taxonomy (term_taxonomy_id, term_id, taxonomy, description) VALUES (1, 1, 'category', ''), (2, 2, 'category', '');
INSERT INTO wp_term_relationships VALUES (10, 1, 0), (12, 1, 0);
INSERT INTO wp_options (option_name, option_value) VALUES ('siteurl', 'https://example.com');
