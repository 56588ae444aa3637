-- Rows from before the chains stand at 0 and below, in the order of their time; new ones go on from 1.
UPDATE `audit` SET `seq` = `numbered`.`place` FROM (
	SELECT `id`, 1 - row_number() OVER (PARTITION BY `tenant_id` ORDER BY `at` DESC, `id` DESC) AS `place` FROM `audit`
) AS `numbered` WHERE `audit`.`id` = `numbered`.`id`;
