CREATE TABLE `audit_seals` (
	`n` integer PRIMARY KEY NOT NULL,
	`chain` text NOT NULL,
	`seq` integer NOT NULL,
	`hash` text NOT NULL,
	`at` integer NOT NULL,
	`log` text NOT NULL,
	`mac` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_seals_chain` ON `audit_seals` (`chain`,`seq`);--> statement-breakpoint
ALTER TABLE `audit` ADD `chain` text GENERATED ALWAYS AS (coalesce(tenant_id, '')) VIRTUAL;--> statement-breakpoint
ALTER TABLE `audit` ADD `seq` integer;--> statement-breakpoint
ALTER TABLE `audit` ADD `mac` text;--> statement-breakpoint
ALTER TABLE `audit` ADD `hash` text;--> statement-breakpoint
CREATE UNIQUE INDEX `audit_chain` ON `audit` (`chain`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_unsealed` ON `audit` (`chain`,`seq`) WHERE "audit"."hash" is null;