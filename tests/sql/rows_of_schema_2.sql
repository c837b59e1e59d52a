INSERT INTO crm_departments VALUES ('care', 'Customer care', NULL, 3);
INSERT INTO crm_customers VALUES ('c-17', 'Northwind', 'organization', '1997-01-01', NULL, 'north', '["mandarin"]', 883612800000000, 2);
INSERT INTO crm_ownerships VALUES ('o-1', 'c-17', 'wei', 883612800000000, NULL, 'owner', 'import', 1);
INSERT INTO crm_purchases VALUES ('p-1', 'c-17', 852094800000000, 2930, 'USD', '29.3', 1, 0, NULL, 1);
INSERT INTO crm_members VALUES ('wei', 'Wei', 'sales', '[]', '[{"level":3,"skill":"mandarin"}]', '[]', '38', '[]', '["zh"]', '["north"]', NULL, 4);
INSERT INTO crm_matters VALUES ('m-1', 'complaint', 'c-17', NULL, 'It came late', 883612800000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1);
