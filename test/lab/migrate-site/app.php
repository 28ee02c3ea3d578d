<?php
$db = new PDO('pgsql:host=127.0.0.1;dbname=app', 'app', 'app', [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $db->prepare('INSERT INTO notes (owner, body) VALUES (1, ?)')->execute([$_POST['body']]);
    http_response_code(201);
}
echo '<h1>Notes</h1><p>There are ', $db->query('SELECT count(*) FROM owners')->fetchColumn(), ' owners.</p>';
if (isset($_GET['who']))
    echo '<p>You come from ', htmlspecialchars($_SERVER['REMOTE_ADDR']), '.</p>';
