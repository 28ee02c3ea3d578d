INSERT INTO employees VALUES (10001, '1953-09-02', 'Facello'), (10002, '1964-06-02', 'Simmel'), (10003, '1959-12-03', 'Bamford');
INSERT INTO departments VALUES ('d001', 'Marketing'), ('d005', 'Development'), ('d009', 'Nobody');
INSERT INTO dept_manager VALUES (10002, 'd001', '1991-10-01');
INSERT INTO dept_emp VALUES (10001, 'd005', '1986-06-26'), (10002, 'd001', '1996-08-03'), (10003, 'd005', '1995-12-03');
INSERT INTO titles VALUES (10001, 'Senior Engineer', '1986-06-26'), (10002, 'Staff', '1996-08-03'), (10003, 'Engineer', '1995-12-03');
INSERT INTO salaries VALUES (10001, 60117, '1986-06-26', '1987-06-26'), (10001, 62102, '1987-06-26', '1988-06-25'), (10002, 65828, '1996-08-03', '9999-01-01'), (10003, 40006, '1995-12-03', '9999-01-01');
