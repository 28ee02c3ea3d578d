INSERT INTO actor (actor_id, actor_name) VALUES (1, 'Anna'), (2, 'Berta');
INSERT INTO comment (comment_id, comment_hash, comment_text) VALUES (1, 7, 'begun'), (2, 8, 'typo');
INSERT INTO page (page_id, page_namespace, page_title, page_is_redirect, page_is_new, page_random, page_touched, page_latest, page_len) VALUES
  (1, 0, 'Main_Page', 0, 1, 0.5, TOUCHED, 2, 9), (2, 0, 'Other', 0, 1, 0.25, TOUCHED, 3, 9);
INSERT INTO revision (rev_id, rev_page, rev_comment_id, rev_actor, rev_timestamp, rev_parent_id) VALUES (1, 1, 1, 1, TOUCHED, 0), (2, 1, 2, 2, TOUCHED, 1), (3, 2, 1, 2, TOUCHED, 0);
INSERT INTO content_models (model_id, model_name) VALUES (1, 'wikitext');
INSERT INTO slot_roles (role_id, role_name) VALUES (1, 'main');
INSERT INTO content (content_id, content_size, content_sha1, content_model, content_address) VALUES (1, 9, 'x1', 1, 'tt:1'), (2, 9, 'x2', 1, 'tt:2'), (3, 9, 'x3', 1, 'tt:3');
INSERT INTO slots (slot_revision_id, slot_role_id, slot_content_id, slot_origin) VALUES (1, 1, 1, 1), (2, 1, 2, 2), (3, 1, 3, 3);
