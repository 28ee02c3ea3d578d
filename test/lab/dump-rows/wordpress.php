<?php
// Prints WordPress' own schema, as its installer makes it.
class Database {
  public $prefix = 'wp_';
  public $base_prefix = 'wp_';
  public $blogid = 1;
  function __get($name) { return 'wp_' . $name; }
  function get_charset_collate() { return 'DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci'; }
  function set_blog_id($id) { return $id; }
}
function is_multisite() { return false; }
function wp_is_large_network() { return false; }
define('ABSPATH', '/usr/share/wordpress/');
$wpdb = new Database();
require '/usr/share/wordpress/wp-admin/includes/schema.php';
echo wp_get_db_schema('all');
